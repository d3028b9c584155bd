package io.tidemark.local;

import io.tidemark.table.CheckpointFiles;
import io.tidemark.table.session.LakeSession;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * S3 in a process of its own, whose bucket is a folder. No two have a bucket of the same name: of
 * each name Hadoop keeps the first client that this process makes.
 */
public final class S3Proxy implements AutoCloseable {
  private static final Path JAR = Path.of("target/servers/s3proxy.jar").toAbsolutePath();

  private final Path folder;
  private final int port;
  private final Process process;

  private S3Proxy(Path folder, int port, Process process) {
    this.folder = folder;
    this.port = port;
    this.process = process;
  }

  /** Starts one, and waits until it answers. */
  public static S3Proxy start(Path folder) throws Exception {
    int port = Ports.free();
    Files.createDirectories(folder.resolve("buckets").resolve(bucket(port)));
    Path settings =
        Files.writeString(
            folder.resolve("s3proxy.properties"),
            """
            s3proxy.endpoint=http://127.0.0.1:%d
            s3proxy.authorization=aws-v2-or-v4
            s3proxy.identity=tidemark
            s3proxy.credential=not a secret
            jclouds.provider=filesystem-nio2
            jclouds.filesystem.basedir=%s
            """
                .formatted(port, folder.resolve("buckets")));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toString(),
                "--properties",
                settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("s3proxy.log").toFile())
            .start();
    // Also if the tests are interrupted.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    S3Proxy started = new S3Proxy(folder, port, process);
    Servers.awaitListening(port, process, folder.resolve("s3proxy.log"));
    return started;
  }

  private static String bucket(int port) {
    return "lake-" + port;
  }

  /** The root of a lake in the bucket. */
  public URI place(String name) {
    return URI.create("s3a://%s/%s".formatted(bucket(port), name));
  }

  /** Hadoop's settings to reach it. */
  public Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("fs.s3a.endpoint", "http://127.0.0.1:" + port);
    settings.put("fs.s3a.endpoint.region", "us-east-1");
    settings.put("fs.s3a.path.style.access", "true");
    settings.put("fs.s3a.access.key", "tidemark");
    settings.put("fs.s3a.secret.key", "not a secret");
    return settings;
  }

  /** The same, as Hadoop takes them. */
  public Configuration hadoop() {
    Configuration hadoop = new Configuration();
    settings().forEach(hadoop::set);
    return hadoop;
  }

  /** Those below a place. */
  public CheckpointFiles files(String name) {
    return new CheckpointFiles(LakeSession.path(place(name)), hadoop());
  }

  /** Where the objects of a place are on this machine. */
  public Path objects(URI place) {
    return folder.resolve("buckets").resolve(bucket(port) + place.getPath());
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
