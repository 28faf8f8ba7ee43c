export { type DeployOptions, deploy } from './deploy.ts';
export {
  type DeployParameters,
  localParameters,
  mainnetParameters,
  testnetParameters,
} from './parameters.ts';
