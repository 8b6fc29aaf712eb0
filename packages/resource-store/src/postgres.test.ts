import { describeStore, openTestStore } from "./testkit/index.ts";

describeStore("the PostgreSQL store", () => openTestStore());
