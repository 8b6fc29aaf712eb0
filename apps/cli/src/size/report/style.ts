// The report's style sheet: light, dark and print; no font, image or script from anywhere. Text only.

export const style = `
:root{color-scheme:light dark;--page:#fcfcfa;--panel:#fff;--ink:#1c2128;--soft:#59636e;--line:#d8dde3;--grid:#e8ebef;--bar:#2f6fb3;--second:#0f7f73;--alert:#b4450f;--mark:#fff1d6;--markink:#7a4300}
@media (prefers-color-scheme:dark){:root{--page:#14171b;--panel:#1b1f25;--ink:#e6e9ee;--soft:#9aa4b0;--line:#343b44;--grid:#2a3038;--bar:#6ba3e0;--second:#4fbfae;--alert:#f0894a;--mark:#4a3410;--markink:#ffd894}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI","DejaVu Sans",sans-serif}
main{max-width:70rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.6rem;line-height:1.2;margin:.2rem 0}
h2{font-size:1.25rem;margin:2.5rem 0 .5rem;padding-top:1rem;border-top:2px solid var(--line)}
h3{font-size:1rem;margin:1.6rem 0 .4rem}
p{margin:.4rem 0;max-width:60rem}
.soft{color:var(--soft)}
.mark{display:inline-block;background:var(--mark);color:var(--markink);border-radius:3px;padding:0 .4em;font-size:.8em;font-weight:600;letter-spacing:.03em}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.75rem;margin:1rem 0;padding:0}
.facts div{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.6rem .8rem}
.facts div.broad{grid-column:span 2}
.facts dt{color:var(--soft);font-size:.8rem}
.facts dd{margin:0;font-size:1.15rem;font-weight:600;overflow-wrap:anywhere}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(22rem,1fr));gap:1rem;margin:1rem 0}
figure{margin:0;background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.8rem}
figure.full{margin:1rem 0}
figcaption{font-weight:600;margin-bottom:.2rem}
figcaption span{display:block;font-weight:400;color:var(--soft);font-size:.85rem}
svg{display:block;width:100%;height:auto;font:12px system-ui,"Segoe UI","DejaVu Sans",sans-serif}
svg text{fill:var(--ink)}svg .soft{fill:var(--soft)}svg .grid{stroke:var(--grid)}svg .axis{stroke:var(--line)}
svg .bar{fill:var(--bar)}svg .alert{fill:var(--alert)}svg .best{fill:var(--second)}svg .curve{fill:none;stroke:var(--bar);stroke-width:2}svg .second .curve{stroke:var(--second)}
svg .asked{stroke:var(--alert);stroke-dasharray:5 4}svg .chosen{stroke:var(--ink)}svg .dot{fill:var(--bar)}svg .second .dot{fill:var(--second)}
svg text.best{fill:var(--second);font-weight:600}svg text.alert{fill:var(--alert);font-weight:600}svg text.asked-text{fill:var(--alert);stroke:none}
.wide{overflow-x:auto;margin:.4rem 0 1rem}
table{border-collapse:collapse;min-width:40%;font-size:.88rem}
caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{text-align:left;vertical-align:top;padding:.28rem 1.2rem .28rem 0;border-bottom:1px solid var(--line)}
th{color:var(--soft);font-weight:600}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
ul{padding-left:1.2rem;max-width:60rem}
li{margin:.25rem 0}
.small table{font-size:.8rem}.small td:first-child{white-space:nowrap}
details{margin:.4rem 0 1rem}summary{cursor:pointer;font-weight:600}
.alarm{border-left:4px solid var(--alert);padding:.2rem 0 .2rem .8rem}
@media print{:root{--page:#fff;--panel:#fff;--ink:#000;--soft:#444;--line:#bbb;--grid:#ddd;--bar:#2f6fb3;--second:#0f7f73;--alert:#b4450f;--mark:#fff;--markink:#000}
body{font-size:10.5pt}main{max-width:none;padding:0}h2{break-before:page}h2.first{break-before:auto}figure,tr,.facts div{break-inside:avoid}.mark{border:1px solid #000}.wide{overflow:visible}}
`;
