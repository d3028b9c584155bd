package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate of the loopback interface, which nobody trusts who does not name it. */
public record TestCertificate(Path folder) {
  static final String PASSWORD = "changeit";
  private static final Path KEYTOOL = Path.of(System.getProperty("java.home"), "bin", "keytool");

  public static TestCertificate in(Path folder) throws IOException, InterruptedException {
    TestCertificate certificate = new TestCertificate(Files.createDirectories(folder));
    keytool(
        certificate.keys(),
        List.of(
            "-genkeypair", "-keyalg", "EC", "-dname", "CN=127.0.0.1", "-ext", "SAN=IP:127.0.0.1"));
    keytool(
        certificate.keys(), List.of("-exportcert", "-rfc", "-file", certificate.pem().toString()));
    keytool(
        certificate.trust(),
        List.of("-importcert", "-noprompt", "-file", certificate.pem().toString()));
    return certificate;
  }

  private static void keytool(Path store, List<String> task)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(KEYTOOL.toString()));
    command.addAll(task);
    command.addAll(
        List.of("-alias", "test", "-keystore", store.toString(), "-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(said).isZero();
  }

  /** Of the server. */
  Path keys() {
    return folder.resolve("keys.p12");
  }

  /** For Java. */
  Path trust() {
    return folder.resolve("trust.p12");
  }

  Path pem() {
    return folder.resolve("ca.crt");
  }

  /** For servers with it and for clients that trust it. */
  public SSLContext context() throws IOException, GeneralSecurityException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store(keys()), PASSWORD.toCharArray());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store(trust()));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static KeyStore store(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }
}
