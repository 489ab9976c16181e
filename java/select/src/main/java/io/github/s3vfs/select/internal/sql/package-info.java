/**
 * The query language: characters to tokens to a syntax tree, and from there to expressions. Imports
 * {@code internal.eval} and values. Nothing here is thread-safe.
 */
@NullMarked
package io.github.s3vfs.select.internal.sql;

import org.jspecify.annotations.NullMarked;
