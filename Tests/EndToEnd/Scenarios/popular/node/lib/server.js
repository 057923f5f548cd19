const { createServer } = require("node:http");
const { name, version } = require("../package.json");
const { count } = require("./count.js");

const server = createServer((request, response) => {
  const word = decodeURIComponent(request.url.slice(1));
  response.end(`${name} ${version} (${process.env.NODE_ENV}): ${count(word)}\n`);
});
process.on("SIGTERM", () => server.close(() => process.exit(0)));
server.listen(8000);
