package io.github.s3vfs.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/** Spark with executors in processes of their own, on this host. */
final class LocalCluster {
  private LocalCluster() {}

  /**
   * Starts it.
   *
   * @param executors how many processes, of one core each
   * @param store whose credentials the executors get
   * @param directory for what Spark writes
   */
  static SparkSession start(int executors, StoreProcess store, Path directory) throws IOException {
    // Spark wants to see a directory of jars; the executors have the class path of this process.
    Path unused = Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    return SparkSession.builder()
        .appName("sqlite-s3vfs")
        .master("local-cluster[" + executors + ",1,900]")
        .config("spark.executor.memory", "500m")
        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .config("spark.executorEnv.AWS_ACCESS_KEY_ID", store.accessKeyId())
        .config("spark.executorEnv.AWS_SECRET_ACCESS_KEY", store.secretAccessKey())
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.local.dir", directory.resolve("local").toString())
        .config("spark.sql.warehouse.dir", directory.resolve("warehouse").toString())
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate();
  }
}
