// Step 11: operations are found by their plan only once they have one. A write is recorded before it is planned, and
// need not keep an index of plans for a plan that is not there.
export const operationsByPlanSql = `
drop index cynosure.operations_by_plan;
create index operations_by_plan on cynosure.operations (plan_id) where plan_id is not null;
`;
