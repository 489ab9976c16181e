/**
 * A request of S3's API to a query, and its rows to the events of the API. Imports the engine, and
 * the model classes of the AWS SDK. A run belongs to one thread.
 */
@NullMarked
package io.github.s3vfs.select.internal.events;

import org.jspecify.annotations.NullMarked;
