/**
 * Pure policy: what a reader will need next. No I/O, no clock, no threads; imports nothing of the
 * project. Instances belong to one reader and are not thread-safe.
 */
@NullMarked
package io.github.s3vfs.internal.readahead;

import org.jspecify.annotations.NullMarked;
