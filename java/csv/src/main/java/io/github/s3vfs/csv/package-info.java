/**
 * Queries to CSV, and CSV into tables: files, streams and S3 objects, in bounded memory. Imports
 * {@code io.github.s3vfs}, {@code io.github.s3vfs.transfer} and FastCSV. Options and results are
 * immutable; an export or import runs in the thread that calls it, and uses the connection in that
 * thread only.
 */
@NullMarked
package io.github.s3vfs.csv;

import org.jspecify.annotations.NullMarked;
