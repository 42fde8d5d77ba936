package org.pgrewind4j.transport.driver;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * TLS as libpq has it, from the same files with the same defaults below {@code ~/.postgresql}: the certificate and key of
 * the client, roots and revocation lists (PostgreSQL 18: src/interfaces/libpq/fe-secure-openssl.c, initialize_SSL). The
 * driver's own factory reads other files, keys in fewer forms, and with {@code sslmode=require} does not look at the
 * server's certificate where libpq does, because there are roots.
 *
 * <p>Nothing is read before the server has agreed to TLS; what is wrong then ends the connection. The host's name is
 * checked by the driver, if {@code sslmode} asks for that.
 */
public final class LibpqTlsFactory extends SSLSocketFactory {

    private final Properties driver;

    /**
     * Reads nothing yet.
     *
     * @param driver the driver's properties, with those of {@link TlsFiles}
     */
    public LibpqTlsFactory(Properties driver) {
        this.driver = driver;
    }

    /** Makes the client's side of TLS on a connected socket. */
    @Override
    public Socket createSocket(Socket connected, String host, int port, boolean autoClose) throws IOException {
        try {
            SSLSocket socket = (SSLSocket) context().getSocketFactory().createSocket(connected, host, port, autoClose);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setProtocols(protocols(parameters.getProtocols()));
            if (driver.getProperty(TlsFiles.SNI, "1").equals("0")) {
                parameters.setServerNames(List.of());
            }
            socket.setSSLParameters(parameters);
            return socket;
        } catch (GeneralSecurityException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private SSLContext context() throws IOException, GeneralSecurityException {
        TlsFiles files = new TlsFiles(driver);
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManager[] keys = ClientCertificate.of(files)
                .map(client -> new KeyManager[] {client})
                .orElseGet(() -> new KeyManager[0]);
        context.init(keys, new TrustManager[] {ServerTrust.of(files)}, null);
        return context;
    }

    /** The names sort as the versions do. */
    private String[] protocols(String[] enabled) throws IOException {
        String least = protocol(TlsFiles.MIN_PROTOCOL, "TLSv1");
        String greatest = protocol(TlsFiles.MAX_PROTOCOL, "TLSv1.3");
        String[] allowed = Arrays.stream(enabled)
                .filter(protocol -> protocol.compareTo(least) >= 0 && protocol.compareTo(greatest) <= 0)
                .toArray(String[]::new);
        if (allowed.length == 0) {
            throw new IOException(
                    "none of the protocols " + String.join(", ", enabled) + " is from " + least + " to " + greatest);
        }
        return allowed;
    }

    private String protocol(String property, String otherwise) throws IOException {
        String named = driver.getProperty(property, otherwise);
        return Stream.of("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
                .filter(named::equalsIgnoreCase)
                .findFirst()
                .orElseThrow(() -> new IOException("invalid SSL protocol version"));
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return ((SSLSocketFactory) SSLSocketFactory.getDefault()).getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return ((SSLSocketFactory) SSLSocketFactory.getDefault()).getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw notConnected();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        throw notConnected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        throw notConnected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        throw notConnected();
    }

    private static IOException notConnected() {
        return new IOException("TLS begins on a connection, after the server has agreed to it");
    }
}
