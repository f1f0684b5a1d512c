#!/usr/bin/env node
// `oriel` on PATH after `npm link`: the same as `npm run -s oriel --`, from whatever folder the person is in.
import { main } from "./bootstrap/main.mjs";

process.exitCode = await main(["oriel", ...process.argv.slice(2)]);
