/** All that prlimit, nvidia-smi and their like are told of the environment: the supervisor's own may hold a password. */
export const PROGRAM_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/wsl/lib',
} as const;
