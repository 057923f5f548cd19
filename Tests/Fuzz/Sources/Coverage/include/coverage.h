/* Nothing to call: the compiler's instrumentation does. */
