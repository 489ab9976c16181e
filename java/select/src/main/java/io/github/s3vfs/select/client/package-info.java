/**
 * S3 Select for programs that call {@code selectObjectContent} of the AWS SDK: a client that runs
 * the queries itself, and objects that are read through a client of the SDK. Imports the engine,
 * {@code internal.events} and the AWS SDK. The public types are thread-safe.
 */
@NullMarked
package io.github.s3vfs.select.client;

import org.jspecify.annotations.NullMarked;
