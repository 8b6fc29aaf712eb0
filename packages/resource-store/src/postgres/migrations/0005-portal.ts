// Step 5: codes and sessions of the portal, and a notice of every written or removed resource, whichever statement
// did it: a trigger, so that no way of writing can forget it. A key too long for a notice is not announced.
export const portalSql = `
create table cynosure.portal_codes (
  code_sha256 text primary key,
  seq bigserial not null,
  principal_id text not null,
  principal json not null,
  expires_at_ms bigint not null
);
create index portal_codes_by_principal on cynosure.portal_codes (principal_id, seq);
create index portal_codes_by_expiry on cynosure.portal_codes (expires_at_ms);

create table cynosure.portal_sessions (
  session_sha256 text primary key,
  seq bigserial not null,
  principal_id text not null,
  principal json not null,
  created_at_ms bigint not null,
  used_at_ms bigint not null,
  expires_at_ms bigint not null
);
create index portal_sessions_by_principal on cynosure.portal_sessions (principal_id, seq);
create index portal_sessions_by_expiry on cynosure.portal_sessions (expires_at_ms);

create function cynosure.announce_resource() returns trigger language plpgsql as $$
declare
  changed text;
begin
  if tg_op = 'DELETE' then changed := old.key; else changed := new.key; end if;
  if octet_length(changed) < 7900 then perform pg_notify('cynosure_change', 'resource:' || changed); end if;
  return null;
end
$$;
create trigger announce_resource after insert or update or delete on cynosure.resources for each row execute function cynosure.announce_resource();
`;
