/** Writes rows to the database that it is given, for ever; prints each number once its transaction is on disk. */
import { writeSync } from "node:fs";
import Database from "better-sqlite3";

const database = new Database(process.argv[2]);
database.pragma("journal_mode = WAL");
database.pragma("synchronous = FULL");
database.exec("CREATE TABLE row (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT");
const insert = database.prepare("INSERT INTO row (id, body) VALUES (?, ?)");
for (let id = 1; ; id += 1) {
  insert.run(id, "x".repeat(1000));
  writeSync(1, `${id}\n`);
}
