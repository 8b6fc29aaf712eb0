// Locks that are taken and read under in one statement. Functions, because each statement inside one sees what is committed
// when it begins: whoever waited finds what was written meanwhile.
//
// A cluster's lock is its row. A resource that others are made in is entered by a lock in memory: sharing a lock on its
// row would write the row, and a new list of those who share it, for each of them.
export const clusterLockSql = `
create function cynosure.lock_cluster(wanted text) returns table (target_plan_id text, epoch integer, is_new boolean)
language plpgsql as $$
begin
  return query
    insert into cynosure.cluster_states as made (cluster_key) values (wanted) on conflict (cluster_key) do nothing
    returning made.target_plan_id, made.epoch, not exists (select 1 from cynosure.resources r where r.key = wanted collate "C");
  if found then return; end if;
  return query select held.target_plan_id, held.epoch, false from cynosure.cluster_states held where held.cluster_key = wanted for update;
end
$$;

create function cynosure.enter_resource(wanted text) returns setof cynosure.resources language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(7306484, hashtext(wanted));
  return query select * from cynosure.resources r where r.key = wanted collate "C";
end
$$;

create function cynosure.lock_out_resource(wanted text) returns setof cynosure.resources language plpgsql as $$
begin
  perform pg_advisory_xact_lock(7306484, hashtext(wanted));
  return query select * from cynosure.resources r where r.key = wanted collate "C" for update;
end
$$;
`;
