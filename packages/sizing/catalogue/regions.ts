// Azure's public regions: where they lie and whether they had availability zones when the page was written. Regions
// announced but not open are left out; sovereign clouds are other clouds.
import type { CatalogueRegion } from "@cynosure/model";

const page = { source: "MicrosoftDocs/azure-docs, reliability/regions-list.md (04495fc)", asOf: "2025-03-21" } as const;

type Row = readonly [displayName: string, country: string, hasZones: boolean];

const rows: readonly Row[] = [
  ["Australia Central", "AU", false], ["Australia Central 2", "AU", false], ["Australia East", "AU", true], ["Australia Southeast", "AU", false],
  ["Brazil South", "BR", true], ["Brazil Southeast", "BR", false],
  ["Canada Central", "CA", true], ["Canada East", "CA", false],
  ["Central India", "IN", true], ["South India", "IN", false], ["West India", "IN", false],
  ["Central US", "US", true], ["East US", "US", true], ["East US 2", "US", true], ["North Central US", "US", false], ["South Central US", "US", true],
  ["West Central US", "US", false], ["West US", "US", false], ["West US 2", "US", true], ["West US 3", "US", true],
  ["East Asia", "HK", true], ["Southeast Asia", "SG", true],
  ["France Central", "FR", true], ["France South", "FR", false],
  ["Germany North", "DE", false], ["Germany West Central", "DE", true],
  ["Israel Central", "IL", true], ["Italy North", "IT", true],
  ["Japan East", "JP", true], ["Japan West", "JP", true],
  ["Korea Central", "KR", true], ["Korea South", "KR", false],
  ["Mexico Central", "MX", true], ["New Zealand North", "NZ", true],
  ["North Europe", "IE", true], ["West Europe", "NL", true],
  ["Norway East", "NO", true], ["Norway West", "NO", false],
  ["Poland Central", "PL", true], ["Qatar Central", "QA", true],
  ["South Africa North", "ZA", true], ["South Africa West", "ZA", false],
  ["Spain Central", "ES", true], ["Sweden Central", "SE", true], ["Sweden South", "SE", false],
  ["Switzerland North", "CH", true], ["Switzerland West", "CH", false],
  ["UAE Central", "AE", false], ["UAE North", "AE", true],
  ["UK South", "GB", true], ["UK West", "GB", false],
];

/** A region's name is its display name in small letters without spaces. */
export const regions: readonly CatalogueRegion[] = rows
  .map(([displayName, country, hasZones]) => ({ name: displayName.toLowerCase().replaceAll(" ", ""), displayName, country, hasZones, ...page }))
  .toSorted((a, b) => (a.name < b.name ? -1 : 1));
