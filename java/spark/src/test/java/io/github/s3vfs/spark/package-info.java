/** Databases on S3 read by Apache Spark, by several executors in processes of their own. */
@NullMarked
package io.github.s3vfs.spark;

import org.jspecify.annotations.NullMarked;
