export { type ExpectedExchange, expectedProtocol } from './expected-protocol.ts';
export { type ScriptedPort, scriptedPort, testContext } from './scripted-port.ts';
