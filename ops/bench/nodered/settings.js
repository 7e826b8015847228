/** Node-RED without its editor, with a pool of PostgreSQL that the flow's function finds. */
const { Pool } = require("pg");

module.exports = {
  httpAdminRoot: false,
  httpNodeRoot: false,
  uiPort: Number(process.env.PEER_PORT),
  uiHost: "127.0.0.1",
  logging: { console: { level: "warn" } },
  telemetry: { enabled: false, updateNotification: false },
  functionGlobalContext: {
    pool: new Pool({ connectionString: process.env.PEER_DATABASE, max: 10 }),
  },
};
