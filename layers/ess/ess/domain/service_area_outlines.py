"""Coarse outlines of where the service works, drawn by hand for this project.

Corners are (latitude, longitude) in degrees WGS84, from general knowledge of towns, border
crossings, capes and islands; they lie a few kilometres outward of them and are not a survey of
any border. `service_area` adds a margin on top.
"""

MAINLAND = (
    # North: the Mekong and the mountains towards Laos, eastward and then south.
    (20.50, 99.95),  # Mae Sai
    (20.42, 100.12),  # Golden Triangle
    (20.42, 100.40),  # Chiang Khong
    (20.15, 100.65),  # Wiang Kaen
    (19.75, 100.60),  # Phu Chi Fa
    (19.60, 100.85),
    (19.65, 101.15),
    (19.68, 101.32),  # Huai Kon
    (19.10, 101.38),  # Bo Kluea
    (18.60, 101.32),
    (18.20, 101.25),
    (17.95, 101.28),  # Phu Du
    (17.70, 101.15),
    (17.85, 101.40),  # Tha Li
    (17.99, 101.65),  # Chiang Khan
    (18.18, 101.95),  # Pak Chom
    (18.32, 102.15),
    (18.15, 102.35),  # Sangkhom
    (18.06, 102.65),  # Si Chiang Mai
    (17.98, 102.85),  # Nong Khai
    (18.18, 103.05),
    (18.42, 103.25),  # Pak Khat
    (18.52, 103.60),  # Bueng Kan
    (18.42, 104.00),
    (18.05, 104.32),  # Ban Phaeng
    (17.60, 104.75),  # Tha Uthen
    (17.40, 104.90),  # Nakhon Phanom
    (16.90, 104.85),  # That Phanom
    (16.55, 104.88),  # Mukdahan
    (16.20, 105.15),  # Chanuman
    (16.10, 105.45),  # Khemarat
    (15.70, 105.55),
    (15.40, 105.72),  # Khong Chiam
    (15.00, 105.72),  # Chong Mek
    (14.60, 105.62),
    (14.25, 105.35),  # Nam Yuen
    # Along the Dangrek range westward, then south to the sea.
    (14.30, 104.70),
    (14.25, 104.10),
    (14.32, 103.60),
    (14.20, 103.20),
    (14.10, 103.00),  # Ta Phraya
    (13.60, 102.70),  # Aranyaprathet
    (13.40, 102.48),
    (13.00, 102.60),  # Soi Dao
    (12.60, 102.85),  # Bo Rai
    (12.10, 102.90),
    (11.60, 103.00),  # Hat Lek
    # The eastern Gulf coast and its islands, then the bight of Bangkok.
    (11.50, 102.65),  # Ko Kut
    (11.60, 102.40),
    (11.95, 102.20),  # Ko Chang
    (12.35, 101.95),
    (12.52, 101.45),  # Ko Samet
    (12.55, 100.90),  # Sattahip
    (12.65, 100.70),
    (12.95, 100.70),  # Ko Lan
    (13.20, 100.72),  # Ko Si Chang
    (13.42, 100.70),
    (13.42, 100.40),
    (13.30, 100.12),
    (13.00, 100.18),  # Laem Phak Bia
    (12.55, 100.06),  # Hua Hin
    (12.15, 100.10),  # Sam Roi Yot
    (11.70, 99.90),  # Prachuap Khiri Khan
    (11.15, 99.68),  # Bang Saphan
    (10.70, 99.50),
    (10.30, 99.42),  # Chumphon
    (9.90, 99.30),
    (9.50, 99.40),
    (9.40, 99.80),
    # Samui and Phangan are of this outline; Tao has its own.
    (9.85, 99.90),
    (9.85, 100.15),
    (9.35, 100.18),
    (9.00, 100.05),  # Sichon
    (8.60, 100.28),  # Laem Talumphuk
    (8.00, 100.45),
    (7.40, 100.70),
    (7.00, 101.00),
    (7.05, 101.35),  # Pattani
    (6.80, 101.75),
    (6.35, 102.12),  # Tak Bai
    # Malaysia: the Kolok river, Betong, Sadao, Satun.
    (6.00, 102.15),
    (5.70, 101.98),  # Waeng
    (5.55, 101.50),
    (5.52, 101.00),  # Betong
    (5.80, 100.90),
    (6.20, 100.98),
    (6.18, 100.70),
    (6.35, 100.38),  # Sadao
    (6.55, 100.10),
    (6.38, 100.02),
    # The Andaman coast and its inshore islands, northward.
    (6.50, 99.60),  # Tarutao
    (6.85, 99.40),
    (7.15, 99.00),  # Rok
    (7.45, 98.65),
    (7.42, 98.25),  # Racha
    (7.75, 98.20),  # Phuket
    (8.30, 98.18),
    (8.90, 98.12),  # Takua Pa
    (9.35, 98.15),
    (9.65, 98.25),  # Phayam
    (9.95, 98.42),  # Ranong
    # Myanmar: the Kra river, the Tenasserim hills, the Moei and the Salween.
    (10.35, 98.65),
    (10.80, 98.75),
    (11.20, 99.05),
    (11.75, 99.30),  # Singkhon
    (12.20, 99.15),
    (12.70, 99.05),
    (13.20, 99.00),
    (13.70, 98.98),
    (14.00, 98.85),
    (14.40, 98.35),
    (14.75, 98.15),  # Pilok
    (15.10, 98.05),
    (15.40, 98.25),  # Three Pagodas
    (15.80, 98.40),
    (16.20, 98.50),
    (16.70, 98.35),  # Mae Sot
    (17.15, 98.12),
    (17.55, 97.75),
    (18.00, 97.55),
    (18.35, 97.28),  # the westernmost Salween
    (18.80, 97.30),
    (19.10, 97.62),
    (19.65, 97.65),  # Mae Hong Son
    (19.90, 98.05),
    (19.92, 98.55),
    (20.00, 98.90),  # Ang Khang
    (20.22, 99.15),
    (20.38, 99.42),  # Thoet Thai
    (20.45, 99.65),
)

ISLANDS = (
    ((10.20, 99.75), (10.20, 99.92), (9.98, 99.92), (9.98, 99.75)),  # Tao
    ((9.80, 99.60), (9.80, 99.80), (9.50, 99.80), (9.50, 99.60)),  # Ang Thong
    ((10.60, 99.35), (10.60, 99.60), (10.40, 99.60), (10.40, 99.35)),  # Ngam, off Chumphon
    ((6.65, 99.10), (6.65, 99.40), (6.42, 99.40), (6.42, 99.10)),  # Lipe, Adang
    ((8.90, 97.58), (8.90, 97.88), (8.45, 97.75), (8.45, 97.58)),  # Similan, Bon
    ((9.50, 97.75), (9.50, 97.95), (9.02, 97.90), (9.02, 97.75)),  # Surin, Tachai
)

SEAS = (
    # The Gulf of Thailand, to about the line from Kota Bharu to Ca Mau; mainland around it covers
    # its coasts.
    (
        (13.60, 100.20),
        (13.60, 101.00),
        (12.80, 101.20),
        (12.70, 102.00),
        (11.65, 102.95),
        (10.30, 102.90),
        (9.30, 103.40),
        (8.40, 104.30),
        (7.00, 103.60),
        (6.30, 102.15),
        (7.00, 100.50),
        (9.00, 99.00),
        (11.00, 99.30),
        (13.00, 99.90),
    ),
    # The Andaman Sea within Thailand's economic zone, roughly.
    (
        (9.90, 98.50),
        (9.50, 97.20),
        (9.30, 95.60),
        (7.00, 95.60),
        (6.20, 98.00),
        (6.40, 100.05),
        (7.30, 99.70),
        (8.40, 98.60),
    ),
)
