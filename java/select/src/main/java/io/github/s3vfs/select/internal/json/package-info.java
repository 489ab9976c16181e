/**
 * Finds rows and the values that a query touches in the bytes of JSON. Imports {@code
 * internal.eval}, {@code internal.io} and values. Not thread-safe.
 */
@NullMarked
package io.github.s3vfs.select.internal.json;

import org.jspecify.annotations.NullMarked;
