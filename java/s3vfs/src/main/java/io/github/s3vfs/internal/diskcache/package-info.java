/**
 * Bytes that never change, by a key, in a directory of this host: bounded, kept when the process
 * ends, shared by all processes of one user. Owns slab files and the thread {@code
 * s3vfs-disk-cache}. Imports {@code internal.store} and the values of {@code io.github.s3vfs}. What
 * is read is verified; what is wrong, gone or cannot be written is a miss and never a failure.
 * Files are written, listed and deleted on that one thread; all threads may read.
 */
@NullMarked
package io.github.s3vfs.internal.diskcache;

import org.jspecify.annotations.NullMarked;
