/**
 * ONNX Runtime's builds report sessions, models' names and the machine to Microsoft, and keep them in the user's home until
 * they can. It looks at the environment when its first session is made; children have it from their supervisor besides.
 */
process.env.ORT_DISABLE_TELEMETRY = '1';
