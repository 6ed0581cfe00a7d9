// Takes what comes by Fluentd's forward protocol on a free port of this machine, and prints it, one JSON a line.
const { FluentServer } = require("@fluent-org/logger");

class Printer extends FluentServer {
  onEntry(tag, time, record) {
    console.log(JSON.stringify({ tag, time: Number(time.epoch ?? time), record }));
  }
}

const server = new Printer({ listenOptions: { port: Number(process.argv[2]), host: "127.0.0.1" } });
server.listen().then(() => console.log(JSON.stringify({ listening: server.port })));
