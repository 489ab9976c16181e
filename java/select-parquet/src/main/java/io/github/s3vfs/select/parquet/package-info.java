/**
 * Parquet as input of S3 Select: the footer, which byte ranges are fetched when, pages, values.
 * Decoding is parquet-column's. Imports the engine's values, and no S3. A query belongs to one
 * thread at a time; nothing here has threads of its own.
 */
@NullMarked
package io.github.s3vfs.select.parquet;

import org.jspecify.annotations.NullMarked;
