package org.pgrewind4j.transport.pgbackrest;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The checksum of nearly everything in a repository. */
final class Sha1 {

    private Sha1() {}

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
