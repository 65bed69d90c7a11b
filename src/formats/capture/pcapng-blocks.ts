/** Numbers of the pcapng specification and of Wireshark's exported PDUs, for who writes and who reads them. */

export const blockType = {
  section: 0x0a0d0d0a,
  interface: 1,
  /** Obsolete, as old programs write it. */
  oldPacket: 2,
  simplePacket: 3,
  packet: 6,
} as const;

export const option = {
  end: 0,
  comment: 1,
  application: 4,
  interfaceName: 2,
  description: 3,
  resolution: 9,
  offset: 14,
  flags: 2,
} as const;

/** The lowest two bits of a packet's flags. */
export const packetDirection = { inbound: 1, outbound: 2 } as const;

/** `LINKTYPE_WIRESHARK_UPPER_PDU`: tags that name the dissector, then what it dissects. */
export const linkTypeUpperPdu = 252;

/** `epan/exported_pdu.h`. */
export const pduTag = { end: 0, dissector: 12, protocolColumn: 33 } as const;

/** The protocol's name in Wireshark's list. */
export const protocolColumn = { qmp: 'QMP', qga: 'QGA' } as const;
