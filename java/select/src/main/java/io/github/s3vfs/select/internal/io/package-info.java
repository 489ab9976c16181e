/**
 * Where bytes come from and go to: ranges, decompression, bounds, a growing array. Imports values
 * only. Not thread-safe.
 */
@NullMarked
package io.github.s3vfs.select.internal.io;

import org.jspecify.annotations.NullMarked;
