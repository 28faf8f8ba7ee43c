/** Why a deployment cannot go on. Nothing is lost: run it again once the cause is gone. */
export class DeploymentError extends Error {
  override readonly name = 'DeploymentError';
}
