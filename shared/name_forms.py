"""Names that one authority writes otherwise than the next, so differently that neither letters nor sound tell.

Turkish writes c for the Arabic j and z for its d, Kurdish x for kh; Ukrainian passports have h where Russian ones have
g, and forms of their own. One name in a row, as offices write it, the form first under which it is compared. What only
spellings of vowels or of one consonant tell apart is heard anyway (`shared.search`, `shared.alike`), and stands here
where that is not enough.

Sources: Türk Dil Kurumu, Kişi Adları Sözlüğü (Turkish forms of Arabic names); Cabinet of Ministers of Ukraine,
resolution 55 of 27 January 2010 (г is h), beside ICAO Doc 9303-3 for Russian passports; Bedirxan's Kurdish alphabet.
A row is added when two documents of one person differ. Names that are two stay apart, though their origin is one
(Anna and Hanna in German, David and Davut); so do short forms.
"""

from __future__ import annotations

from functools import cache

from shared.latin import words

ROWS = """
Muhammad Mohammed Mohamed Mohammad Muhammed Muhammet Mehmet Mehmed Mihemed محمد Мухаммад
Aisha Aischa Aysha Ayşe Aişe Eyşe Aicha عائشة Айша
Khadija Khadidja Khadidscha Chadidscha Hadija Hatice Xecê خديجة Хадиджа
Jamal Djamal Dschamal Gamal Cemal جمال Джамал
Jamil Djamil Dschamil Gamil Cemil جميل
Jamila Djamila Dschamila Gamila Cemile جميلة Джамиля
Jafar Djafar Dschafar Jaafar Djaafar Cafer جعفر
Jalal Djalal Dschalal Galal Celal جلال
Jawad Djawad Dschawad Javad Cevat Cevad جواد
Jibril Djibril Dschibril Cebrail جبريل
Jihan Djihan Dschihan Cihan جيهان
Jumaa Juma Djuma Dschuma Cuma جمعة
Hajar Hadschar Hadjar Hacer هاجر
Majid Madjid Madschid Macit مجيد
Najib Nadjib Nadschib Necip نجيب
Najla Nadjla Nadschla Necla نجلاء
Najati Nadjati Necati نجاتي
Rajab Radjab Radschab Ragab Recep رجب
Othman Uthman Ousmane Osman Usman عثمان
Ramadan Ramadhan Ramazan رمضان Рамазан
Rida Ridha Reza Rıza رضا
Fadil Fadel Fazil Fazıl Fazel فاضل
Murtada Murtadha Murtaza Morteza مرتضى
Abdulrahman Abdelrahman Abdurrahman Abderrahman Abdirahman عبدالرحمن
Abdulrahim Abdelrahim Abdurrahim Abderrahim عبدالرحيم
Salahuddin Salaheddin Salahaddin Selahattin Selaheddin صلاحالدين
Nuruddin Nureddin Noureddin Noureddine Nurettin نورالدين
Alauddin Alaeddin Aladdin Alaattin علاءالدين
Khalid Khaled Chalid Halid Halit Xalid خالد
Khalil Chalil Halil Xelîl خليل
Dawud Daoud Dawood Davud Davut داود Давуд
Isa Issa Eisa Essa İsa عيسى
Tawfiq Taufik Toufik Tevfik توفيق
Walid Waleed Velid Welid وليد
Ghazal Ghasal Xezal غزال
Rojin Rozhin Roschin Rojîn روژین
Oleksandr Aleksandr Alexander Alexandr Олександр Александр
Oleksandra Aleksandra Alexandra Олександра Александра
Kateryna Katerina Katharina Ekaterina Yekaterina Jekaterina Катерина Екатерина
Mykola Mikola Nikolai Nikolay Nikolaj Микола Николай
Mykhailo Mychajlo Mikhail Michail Михайло Михаил
Mykyta Mikita Nikita Микита Никита
Serhii Serhiy Serhij Sergii Sergei Sergey Sergej Сергій Сергей
Yevhen Yevhenii Jewhen Yevgeny Yevgeniy Evgeny Evgenii Jewgeni Євген Євгеній Евгений
Yevheniia Jewhenija Yevgenia Yevgeniya Evgenia Evgeniia Jewgenija Євгенія Евгения
Olha Olga Ольга
Ihor Igor Ігор Игорь
Oleh Oleg Олег
Halyna Galyna Galina Галина
Hryhorii Grigorii Grigory Grigori Grigorij Григорій Григорий
Heorhii Georgii Georgy Georgi Georgij Георгій Георгий
Hlib Gleb Гліб Глеб
Bohdan Bogdan Богдан
Bohdana Bogdana Богдана
Anhelina Angelina Ангеліна Ангелина
Ganna Anna Ганна Анна
Pavlo Pavel Pawel Павло Павел
Petro Petr Pyotr Pjotr Петро Пётр
Vasyl Vasily Vasili Vasilii Wassili Василь Василий
Danylo Danilo Daniil Данило Даниил
Illia Ilya Ilja Ілля Илья
Fedir Fedor Fyodor Fjodor Федір Фёдор
Nadiia Nadija Nadezhda Nadeschda Надія Надежда
Liubov Lyubov Ljubow Любов Любовь
Snizhana Snezhana Snischana Сніжана Снежана
"""


def forms(name: str) -> tuple[str, ...]:
    """All forms of this name that the table has, the first of them first; none where it has none."""
    return _table().get(_plain(name), ())


@cache
def _table() -> dict[str, tuple[str, ...]]:
    rows = [tuple(row.split()) for row in ROWS.strip().splitlines()]
    return {_plain(form): row for row in rows for form in row}


def _plain(name: str) -> str:
    return "".join(words(name))
