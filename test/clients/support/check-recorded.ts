// `node check-recorded.ts DIR`: judges what the runs before recorded there (record-exchanges.ts) and ends with one line.
import { checkExchanges } from "./check-exchanges.ts";
import { readExchanges } from "./record-exchanges.ts";

const FAULTS_SHOWN_MAX = 50;
const report = await checkExchanges(readExchanges(process.argv[2] ?? ""));
for (const fault of report.faults.slice(0, FAULTS_SHOWN_MAX)) console.log(fault);
console.log(`${report.count} exchanges of ${report.exercised.size} operations, ${report.validated.size} of them recognised by the live validator, ${report.faults.length} faults`);
process.exitCode = report.count === 0 || report.faults.length > 0 || report.validated.size !== report.exercised.size ? 1 : 0;
