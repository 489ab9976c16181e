/** What Apache Spark's JDBC source must know of SQLite. */
@NullMarked
package io.github.s3vfs.spark;

import org.jspecify.annotations.NullMarked;
