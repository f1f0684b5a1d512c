#!/usr/bin/env node
// What every npm script goes through: `node scripts/bootstrap.mjs VERB [args]`. Plain Node 20 or later, builtins only.
import { main } from "./bootstrap/main.mjs";

process.exitCode = await main(process.argv.slice(2));
