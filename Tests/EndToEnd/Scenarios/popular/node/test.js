const { strictEqual } = require("node:assert");
const { count } = require("./lib/count.js");

strictEqual(count("grüße"), 5);
console.log("passed");
