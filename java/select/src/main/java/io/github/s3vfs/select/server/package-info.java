/**
 * S3 Select over HTTP, as S3 answers it: {@link SelectServer}, and below it one exchange: its
 * signature, its XML, its event stream. Imports the engine, {@code internal.events} and the AWS SDK
 * with its event streams. A request is served by one thread.
 */
@NullMarked
package io.github.s3vfs.select.server;

import org.jspecify.annotations.NullMarked;
