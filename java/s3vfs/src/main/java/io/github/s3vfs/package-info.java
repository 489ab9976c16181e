/**
 * The public face: {@link io.github.s3vfs.S3Vfs} registers SQLite VFSes, and the values it takes
 * and throws.
 *
 * <p>The values ({@code S3Location}, {@code S3VfsConfig}, {@code S3VfsException}, {@code
 * ErrorKind}) import nothing of the project; every other package may import them. {@code S3Vfs}
 * sits on top of the internal packages. All types are thread-safe.
 */
@NullMarked
package io.github.s3vfs;

import org.jspecify.annotations.NullMarked;
