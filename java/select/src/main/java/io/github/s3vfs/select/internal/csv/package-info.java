/**
 * Finds records and fields of CSV in bytes. Imports {@code internal.eval}, {@code internal.io} and
 * values. Not thread-safe.
 */
@NullMarked
package io.github.s3vfs.select.internal.csv;

import org.jspecify.annotations.NullMarked;
