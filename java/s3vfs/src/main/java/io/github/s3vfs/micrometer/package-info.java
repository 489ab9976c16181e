/**
 * Metrics of a VFS for Micrometer, which is needed by whoever uses this package only. Imports
 * {@code io.github.s3vfs} and Micrometer; nothing else imports Micrometer, and no other package
 * imports this one. All types are thread-safe.
 */
@NullMarked
package io.github.s3vfs.micrometer;

import org.jspecify.annotations.NullMarked;
