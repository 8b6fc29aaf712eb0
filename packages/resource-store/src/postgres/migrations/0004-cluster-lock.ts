// Taking a cluster's lock as one statement. A function, because each statement inside one sees what is committed
// when it begins: whoever waited for another's first lock of the same cluster finds the row that was made meanwhile.
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
`;
