// The gateway as a child process, so that its memory and processor time are its own: over TLS, before the upstream named in its
// arguments, with one gateway user who may do what the bench asks. Says where it is, then serves until it is ended.
import https from "node:https";
import { createLoopbackCertificate } from "@cynosure/http-server/testkit";
import { openGatewayRig } from "@cynosure/native-gateway/testkit";

const [origin = ""] = process.argv.slice(2);
const { keyPem, certificatePem } = await createLoopbackCertificate({ names: ["127.0.0.1"], nowMs: Date.now(), validDays: 1 });
const rig = await openGatewayRig({ origin, createServer: (listener) => https.createServer({ key: keyPem, cert: certificatePem }, listener) });
rig.granted.add("*");
rig.granted.add("Cynosure.Storage/clusters/engineInternals/vastSupportbundles/download/action");
process.send?.({ port: rig.port, gatewayId: rig.gatewayId, secret: rig.user.secret, keyPem, certificatePem });
