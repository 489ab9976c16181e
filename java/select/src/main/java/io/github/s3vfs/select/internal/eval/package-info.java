/**
 * Values and the expressions over them, as they are computed for each row. Imports values only.
 * Nothing here is thread-safe: each query has its own.
 */
@NullMarked
package io.github.s3vfs.select.internal.eval;

import org.jspecify.annotations.NullMarked;
