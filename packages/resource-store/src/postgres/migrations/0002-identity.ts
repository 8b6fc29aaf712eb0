// Step 2: principals of the built-in issuer, hashes of their secrets, and sign-ins with a device code.
export const identitySql = `
create table cynosure.service_principals (
  object_id text primary key,
  client_id text not null unique,
  name text collate "C" not null unique,
  display_name text not null,
  kind text not null,
  created_at_ms bigint not null
);

create table cynosure.principal_secrets (
  object_id text not null references cynosure.service_principals (object_id) on delete cascade,
  seq bigserial not null,
  id text not null,
  hash text not null,
  created_at_ms bigint not null,
  expires_at_ms bigint not null,
  primary key (object_id, seq)
);

create table cynosure.device_codes (
  device_code_sha256 text primary key,
  user_code text not null unique,
  client_id text not null,
  audience text not null,
  expires_at_ms bigint not null,
  interval_ms integer not null,
  polled_at_ms bigint,
  attempts integer not null default 0,
  state text not null default 'pending',
  object_id text references cynosure.service_principals (object_id) on delete cascade
);
create index device_codes_by_expiry on cynosure.device_codes (expires_at_ms);
`;
