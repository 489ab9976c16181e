@NullMarked
package io.github.s3vfs.select.parquet;

import org.jspecify.annotations.NullMarked;
