// What a client tool reads before anything else: where to sign in, and for which audience (arm-rpc §19). The
// shape follows the version asked for: one cloud, old names (to 2018); a list of clouds (2019 on); one cloud of
// that list (2022-09-01 on, what azure-cli since 2.51 and Terraform ask).
import type { TokenIssuer } from "./token-issuer.ts";

const DEFAULT_VERSION = "2015-01-01";
const LIST_FROM = "2019";
const ONE_AGAIN_FROM = "2022-09-01";

export function describeCloud(baseUrl: string, loginEndpoint: string, issuer: Pick<TokenIssuer, "audiences">, asked: string | undefined): unknown {
  const apiVersion = asked === undefined || asked === "" ? DEFAULT_VERSION : asked;
  const authentication = { loginEndpoint, audiences: issuer.audiences, tenant: "adfs", identityProvider: "ADFS" };
  if (apiVersion < LIST_FROM) return { galleryEndpoint: baseUrl, graphEndpoint: baseUrl, portalEndpoint: baseUrl, authentication };
  const cloud = {
    name: "Cynosure",
    portal: baseUrl,
    resourceManager: `${baseUrl}/`,
    graph: baseUrl,
    graphAudience: baseUrl,
    microsoftGraphResourceId: baseUrl,
    gallery: baseUrl,
    authentication,
    // Of services that are not here: a client that needs one says so, instead of asking the public cloud's.
    suffixes: {},
  };
  return apiVersion < ONE_AGAIN_FROM ? [cloud] : cloud;
}
