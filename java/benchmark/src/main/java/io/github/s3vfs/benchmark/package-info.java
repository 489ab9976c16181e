/**
 * Programs that people run: {@link io.github.s3vfs.benchmark.Demo} shows the main job, {@link
 * io.github.s3vfs.benchmark.Benchmark} measures. They use the published library as anybody would,
 * and the embedded server of the testkit. Each runs on the thread that called its {@code main}.
 */
@NullMarked
package io.github.s3vfs.benchmark;

import org.jspecify.annotations.NullMarked;
